"""HTTP and HTML: parses requests, asks `nets`, renders. No SQL, no formulas."""
