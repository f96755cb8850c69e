"""Values of .NET: their types, conversions, arithmetic, members."""
