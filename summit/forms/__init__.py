"""Forms of the workspace that belong to the summit itself, and the pieces every such form is made of."""
