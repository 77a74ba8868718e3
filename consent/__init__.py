"""The consent gate: what a visitor has said about being measured, decided before anything personal is touched."""
