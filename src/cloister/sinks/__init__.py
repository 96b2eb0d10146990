"""Where outputs and news of them go: systems that the policy names."""
