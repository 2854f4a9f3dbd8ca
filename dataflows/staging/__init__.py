"""Sources as typed, deduplicated views: no business rule beyond naming and grouping."""
