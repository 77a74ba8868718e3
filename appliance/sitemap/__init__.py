"""Pages that a site lists in its sitemap: known to be public, so they are shown whatever their number of visitors."""
