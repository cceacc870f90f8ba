/* What a call came to, and why it failed. */
#ifndef NETSOCKET_OUTCOME_H
#define NETSOCKET_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ------------------------------------------------------------------ outcomes -- */

typedef enum {
  NSK_DONE,        /* the call succeeded */
  NSK_AGAIN,       /* it would block: try again when the fd is ready */
  NSK_END,         /* the peer has ended its stream */
  NSK_TIMEOUT,     /* the deadline has passed; the error says of what */
  NSK_INTERRUPTED, /* a signal arrived first (EINTR): look at it, call again */
  NSK_FAILED       /* see the error */
} nsk_outcome;

/* A number of bytes, 0 or more, that may be beyond this machine's memory: it then becomes
   the largest size there is, which nothing has. */
static inline size_t nsk_size(int64_t n) {
  size_t size = (size_t)n;
  return (uint64_t)size == (uint64_t)n ? size : SIZE_MAX;
}

/* -------------------------------------------------------------------- errors -- */

typedef enum {
  NSK_ERRNO,    /* code is an errno value: the system's answer */
  NSK_RESOLVER, /* code is an EAI_ value of getaddrinfo(3) */
  NSK_ARGUMENT, /* code is EINVAL: a value that the caller must mend */
  NSK_MEMORY    /* code is ENOMEM: this process could not allocate */
} nsk_domain;

enum { NSK_TEXT_MAX = 80, NSK_SUBJECT_MAX = 272, NSK_LINE_MAX = 1400 };

typedef struct {
  nsk_domain domain;
  int code;
  int system;     /* the errno behind EAI_SYSTEM, else 0 */
  const char *op; /* the system call or operation; a static string */
  bool early_end; /* the stream ended before all was there */
  int16_t byte;   /* recvfd: the byte that came without a descriptor, else -1 */
  uint16_t subject_length;
  char text[NSK_TEXT_MAX];       /* our own words, "" for the system's */
  char subject[NSK_SUBJECT_MAX]; /* address, host, path or option; any bytes */
} nsk_error;

/* A row of the table of errno or resolver codes. */
typedef struct {
  const char *name;
  int code;
} nsk_code;

/* Both end with a row whose name is NULL. Aliases (EWOULDBLOCK) are rows too,
   after the name that errors use. */
extern const nsk_code nsk_errno_codes[];
extern const nsk_code nsk_resolver_codes[];

/* What an operation knows from one call to the next. Its caller has the memory; what is
   in it is the core's, which checks that it fits. */
#ifdef __GNUC__
typedef uint64_t __attribute__((may_alias)) nsk_inside;
#else
typedef uint64_t nsk_inside;
#endif
#define NSK_INSIDE(BYTES) nsk_inside inside[(BYTES) / 8]

/* "ECONNREFUSED", "EAI_NONAME"; NULL for a code that this system has not named. */
const char *nsk_code_name(nsk_domain domain, int code);

/* The system's words for a code ("Connection refused"); "errno N" for an unknown
   one. Writes at most cap bytes, NUL-terminated, and returns buf. Source:
   strerror_r(3), gai_strerror(3). */
const char *nsk_code_message(nsk_domain domain, int code, char *buf, size_t cap);

/* The words of one error: its text, or the system's. */
const char *nsk_error_message(const nsk_error *error, char *buf, size_t cap);

/* One line that a person can act on, with control bytes as \xNN:
   "connect 127.0.0.1:1: ECONNREFUSED (111) Connection refused".
   Returns the length; NSK_LINE_MAX bytes always suffice. */
size_t nsk_error_line(const nsk_error *error, char *buf, size_t cap);

/* Copies bytes to out, those that would break a line as \xNN, terminated. Returns the
   length, below cap. */
size_t nsk_escape(const char *bytes, size_t length, char *out, size_t cap);

/* Whether no descriptor was left: closing sockets that were dropped may cure it. */
bool nsk_error_scarce(const nsk_error *error);

/* Fills an error about an argument and returns NSK_FAILED: "recv bufsize: EINVAL
   (22) must be at least 1". op and text are static strings. */
nsk_outcome nsk_error_argument(nsk_error *error, const char *op, const char *subject,
                               const char *text);

/* What only the caller of the core can see. */
typedef enum {
  NSK_CLOSED,   /* EBADF: the object is closed */
  NSK_NOT_NOW,  /* EAGAIN: the call would block */
  NSK_AWAITED,  /* EBUSY: another waits for it already */
  NSK_BUSY,     /* EBUSY: an operation holds what it receives */
  NSK_GIVEN_UP, /* ETIMEDOUT: before it was time */
  NSK_CANCELED  /* ECANCELED: the waiter has failed */
} nsk_reason;

/* Fills an error for it and returns NSK_FAILED. text NULL: the core's words for
   EBUSY, else the system's. */
nsk_outcome nsk_error_because(nsk_error *error, const char *op, nsk_reason reason,
                              const char *text);

/* The same for an errno that the caller was given. */
nsk_outcome nsk_error_code(nsk_error *error, const char *op, int code);

/* ------------------------------------------------- words for bad arguments -- */

/* What the core and the adapters say alike of an argument that no call can use. */
#define NSK_NO_INTEGER "not an integer in range"
#define NSK_NO_DESCRIPTOR "not a descriptor number"
#define NSK_NO_SECONDS "must be a number of seconds, 0 or more"
#define NSK_NEGATIVE "must be 0 or more"
#define NSK_NOT_POSITIVE "must be at least 1"
#define NSK_GIVEN_TWICE "given twice"
#define NSK_NOT_AS_MANY "must be as many as there are messages"
#define NSK_BELOW(LEAST) ((LEAST) > 0 ? NSK_NOT_POSITIVE : NSK_NEGATIVE)

#endif
