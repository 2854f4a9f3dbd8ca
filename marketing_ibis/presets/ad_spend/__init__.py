"""Daily costs from the reports of Google Ads and Meta Ads."""
