/* The ground floor: errors, clock, texts. Each room's header brings those below it:
   base, system, address, socket, message, open. */
#ifndef NSK_CORE_BASE_H
#define NSK_CORE_BASE_H

#include "base/sys.h"
#include "netsocket.h"

/* What a system may lack, so that the chapters need not ask. constant.c does not come
   here: it exports only what there is. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE is set on the socket instead */
#endif
#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC 0 /* each descriptor is marked after it came instead */
#endif
#ifndef MSG_ERRQUEUE
#define MSG_ERRQUEUE 0
#endif
#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0
#endif
#ifndef SOCK_NONBLOCK
#define SOCK_NONBLOCK 0
#endif

/* error.c: each fills the error and returns NSK_FAILED. `code` is an errno that the
   caller took on the line after the system call. */
nsk_outcome nski_fail(nsk_error *error, const char *op, int code);
nsk_outcome nski_fail_about(nsk_error *error, const char *op, int code,
                            const char *subject, size_t length);
nsk_outcome nski_fail_resolver(nsk_error *error, int code, int system,
                               const char *subject, size_t length);
nsk_outcome nski_fail_memory(nsk_error *error, const char *op);
void nski_error_say(nsk_error *error, const char *text);
/* A failure that was filled, as the end of a deadline: what, "within 0.2 s". NSK_TIMEOUT.
 */
nsk_outcome nski_error_late(nsk_error *error, const char *what,
                            const nsk_deadline *deadline);

/* NSK_AGAIN, NSK_INTERRUPTED or a filled failure, by what errno says. */
nsk_outcome nski_not_done(nsk_error *error, const char *op, int code);

/* True for the errors that say that this process or system has run out, so that
   trying another address cannot help. */
bool nski_exhausted(int code);
/* That is so for want of a descriptor. */
bool nski_scarce(int code);

/* True when value fits an int; else fills the error. */
bool nski_int_fits(int64_t value, const char *op, const char *parameter,
                   nsk_error *error);

/* clock.c: what is left until then, at most what any time_t holds: a wait of so long may
   end early. */
struct timespec nski_time_left(int64_t until);

/* clock.c: a number of seconds that is 0 or more, from now. */
nsk_deadline nski_deadline(double seconds);

#endif
