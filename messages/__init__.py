"""What people read: values in, texts and Slack blocks out. Decides nothing, stores nothing, sends nothing."""
