"""`turnabout match`: the JSON others read, the refusal without managers, faults by line, files safe to open."""

from __future__ import annotations

import csv
import json

import pytest

from bot.match import run_match

HEAD = "id,name,level,can_share,wants_to_learn,manager"
PEOPLE = (
    "m1,Ann,1,a:4,c,x9",
    "m2,[bold]Bo,2,b,c,x9",
    "x1,Cy,5,c,a:1,",
    "x2,Di,4,c,d,",
    "x9,=EVIL(),5,,,",
)


@pytest.fixture
def people(tmp_path):
    def write(*lines, head=HEAD):
        path = tmp_path / "people.csv"
        path.write_text("\n".join([head, *lines]), encoding="utf-8")
        return path

    return write


def without_managers(line):
    return line.rpartition(",")[0]


def test_json_is_one_line_with_what_others_read(people, capsys):
    assert run_match(people(*PEOPLE), as_json=True) == 0

    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert answer.pop("seconds") < 60
    assert answer == {
        "people": 5,
        "mentors": 2,
        "mentees": 2,
        "pairs": 1,
        "covered": 2,
        "coverable": 2,
        "total_score": 7200,
        "proved_optimal": True,
        "violations": 0,
        "unmatched": [
            {"id": "m2", "reasons": {"no_topic": 2}},
            {"id": "x2", "reasons": {"no_topic": 2}},
        ],
        "org_checked": True,
    }
    assert "comma between cells" in err


def test_tables_name_people_reasons_and_the_proof(people, capsys):
    assert run_match(people(*PEOPLE)) == 0

    out = capsys.readouterr().out
    assert "Ann" in out
    assert "[bold]Bo" in out
    assert "the mentor shares a" in out
    assert "2 without a topic in common" in out
    assert "proved the best; 0 rules broken" in out
    assert out.endswith("Reporting lines were checked.\n")


@pytest.mark.practice(26)
def test_without_managers_it_refuses_unless_told_and_then_says_so(people, capsys):
    file = people(*map(without_managers, PEOPLE), head=without_managers(HEAD))

    assert run_match(file) == 2
    out, err = capsys.readouterr()
    assert (out, "--org-unchecked" in err) == ("", True)

    assert run_match(file, org_unchecked=True) == 0
    assert "NOT checked" in capsys.readouterr().out
    assert run_match(file, org_unchecked=True, as_json=True) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["org_checked"] is False
    assert "NOT checked" in err


@pytest.mark.practice(26)
def test_nobody_is_paired_within_their_reporting_line(people, capsys):
    file = people("m1,Ann,1,a:4,c,x1", "x1,Cy,5,c,a:1,")

    assert run_match(file, as_json=True) == 0

    answer = json.loads(capsys.readouterr().out)
    assert (answer["pairs"], answer["unmatched"][0]["reasons"]) == (0, {"reporting_line": 1})


def test_faults_are_named_by_line_and_nothing_is_matched(people, capsys):
    assert run_match(people("m1,Ann,one,a,b,", "m1,Bo,2,a,b,"), as_json=True) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert "line 2: level must be 1 to 5, got 'one'" in err
    assert "line 3: id 'm1' stands on line 2 already" in err


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path, capsys):
    assert run_match(tmp_path / "nobody.csv") == 2

    assert "No such file or directory" in capsys.readouterr().err


def test_all_pairs_are_written_and_no_cell_starts_a_formula(people, tmp_path, capsys):
    out = tmp_path / "pairs.csv"

    assert run_match(people("m1,=Ann(),1,a,c,", "x1,@Cy,5,c,a,"), out=out) == 0

    with out.open(encoding="utf-8-sig", newline="") as file:
        (pair,) = csv.DictReader(file)
    assert (pair["mentor"], pair["mentee"], pair["mentor_id"]) == ("'=Ann()", "'@Cy", "m1")
    assert (pair["shares"], pair["gives_back"], pair["org_checked"]) == ("a", "c", "yes")


def test_a_place_that_cannot_be_written_is_one_clear_line(people, tmp_path, capsys):
    assert run_match(people(*PEOPLE), out=tmp_path / "no" / "pairs.csv") == 2

    assert "Cannot write" in capsys.readouterr().err


def test_people_without_a_topic_for_their_role_are_counted(people, capsys):
    assert run_match(people(*PEOPLE, "m3,Ed,1,,a,"), as_json=True) == 0

    out, err = capsys.readouterr()
    assert json.loads(out)["mentors"] == 2
    assert "without a topic for the role of their level take no part" in err
