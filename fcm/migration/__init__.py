"""How memory moves: workloads, the pre-copy engine, stopping rules, forecasts and judgements. Pure numpy."""
