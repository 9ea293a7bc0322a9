/* a driver that waits for its device */
#define RETRIES 20
#define WAIT_MS 1

int
driver_wait(int (*ready)(void))
{
	for (int i = 0; i < RETRIES; i++)
		if (ready())
			return i * WAIT_MS;
	return -1;
}
