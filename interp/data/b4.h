/* b4: the program b4, which makes a mailbox of the patches of a thread that an archive of mails has. */
#pragma once

struct err;
struct str;

/* Whether `thread` is the id of a mail or the address of one in an archive (https://HOST/LIST/ID/). */
int b4_check(const char *thread, struct err *err);
/* Runs `b4 am` on the thread, as the user and with the archive that their git configuration names: `box` gets the
 * mailbox, patches in order with the trailers of replies, and `said` what b4 said, in any case. What that configuration
 * says besides changes no patch, and equal threads give equal bytes. */
int b4_am(const char *thread, struct str *box, struct str *said, struct err *err);
