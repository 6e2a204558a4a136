"""Configuration and machine to artifacts: plan, processes of cargo, reuse, progress."""
