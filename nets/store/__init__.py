"""Where everything is kept: the only folder that speaks SQL. Plain functions take a connection; whoever opened it commits."""
