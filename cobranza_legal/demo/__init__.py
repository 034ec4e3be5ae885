"""How a demo company is built: what the demo data of every country shares."""
