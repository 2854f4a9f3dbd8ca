"""What several models share: expressions, ranking, segments and the rules that settings change."""
