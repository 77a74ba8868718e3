"""What operators can measure: the closed list of metrics, plain numbers that are cheap to count, samples of them."""
