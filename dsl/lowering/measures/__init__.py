"""The field's figures: reductions over dates, lives, returns, yields, cover, losses, statistics over scenarios."""
