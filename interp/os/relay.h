/* relay: what connects to a listening socket is carried to a server and back, byte for byte, by a thread. So a program
 * in a sandbox reaches one server and no other: the socket listens on the sandbox's loopback, the server is reached
 * from outside. */
#pragma once

struct relay;

/* Carries what connects to `listener` to `server`, "HOST:PORT" or "[ADDRESS]:PORT", which is looked up when the first
 * one connects. A server that three times in a row could not be reached is asked no more: who connects is turned away
 * at once. The listener is the relay's from here on. NULL where there is no thread, descriptor or memory for it. */
struct relay *relay_begin(int listener, const char *server);
/* Ends it, and what it carries; of NULL nothing. */
void relay_end(struct relay *r);
