"""What would happen, asked of the scheduler of Pacemaker itself: ``crm_simulate`` on a copy of the configuration."""
