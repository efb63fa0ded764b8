// main without parameters, and with a status of its own.
int main(void) { return 41 + 1; }
