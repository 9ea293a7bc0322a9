int link_open(struct link *l)
{
	trace(l);
	l->users++;
	return start(l);
}

int link_retry(struct link *l)
{
	l->users++;
	return start(l);
}
