/* Reading ahead: lines, exact counts and marks out of the bytes that a stream has
 * pending. */
#ifndef NETSOCKET_READER_H
#define NETSOCKET_READER_H

#include "pending.h"

typedef enum {
  NSK_READ_SOME,       /* 1 to n bytes, what there is */
  NSK_READ_EXACTLY,    /* n bytes */
  NSK_READ_UNTIL,      /* up to and with the mark */
  NSK_READ_LINE,       /* up to and with \n; the last line may have none */
  NSK_READ_WHOLE_LINE, /* a line that must end with \n */
  NSK_READ_ALL,        /* to the end of the stream, at most n bytes */
  NSK_READ_PEEK        /* n bytes, fewer only at the end; they are not taken */
} nsk_read_kind;

/* What a reader is set to. */
typedef struct {
  size_t limit; /* how far a mark is looked for */
  size_t size;  /* the most that one receive reads ahead */
} nsk_reader;

enum { NSK_READER_LIMIT = 65536, NSK_READER_SIZE = 16384 };

/* Checks what a user gave: both at least 1. EOPNOTSUPP: no stream. */
nsk_outcome nsk_reader_check(const nsk_socket *s, int64_t limit, int64_t size,
                             nsk_reader *reader, nsk_error *error);

/* One read. The adapter gives it memory and fills the first fields. */
typedef struct {
  nsk_read_kind kind;
  const char *name; /* of the method, for the errors that are the reader's own */
  nsk_reader reader;
  size_t n;
  const void *mark; /* NSK_READ_UNTIL; it stays the caller's */
  size_t mark_length;
  nsk_deadline deadline;

  const unsigned char *bytes; /* the result: pending bytes until nsk_read_end */
  size_t done;                /* how many they are */
  size_t pending;             /* after a failure: how many bytes are pending */
  bool holds;                 /* every other receive on the socket is refused */
  NSK_INSIDE(16);
} nsk_read;

/* Checks n and the mark. NSK_ARGUMENT. */
nsk_outcome nsk_read_check(const nsk_read *read, int64_t n, nsk_error *error);

/* Goes on without waiting. NSK_DONE: bytes and done are the result. NSK_END: the stream
   has ended. NSK_AGAIN: *interest says what to wait for; a caller that waits calls
   nsk_read_hold first. NSK_INTERRUPTED: a MiB was moved; look at signals, step
   again. NSK_FAILED: EPROTO with early_end: the stream ended before all was there;
   EMSGSIZE: the mark is further than the limit, or there is more than n; EBUSY, EBADF,
   ECONNRESET; NSK_TIMEOUT. All that was received stays pending then. *spare (may be NULL)
   is memory that is used again. Source: recv(2). */
nsk_outcome nsk_read_step(nsk_read *read, nsk_socket *s, nsk_buffer **spare,
                          nsk_interest *interest, nsk_error *error);

/* The socket has been waited for without nsk_read_hold: the next step receives. */
void nsk_read_ready(nsk_socket *s);

/* Before the wait that the latest step wanted, after which the next one receives. From
   now on every other receive on the socket is refused, until nsk_read_end. EBUSY, EBADF,
   NSK_MEMORY. */
nsk_outcome nsk_read_hold(nsk_read *read, nsk_socket *s, nsk_error *error);

/* A line that is pending already, with its newline, and its length: what most calls need.
   NULL: nsk_read_step finds out. Nothing is taken before nsk_line_taken. */
const unsigned char *nsk_line_now(const nsk_reader *reader, const nsk_socket *s,
                                  size_t *length);
void nsk_line_taken(nsk_socket *s, nsk_buffer **spare, size_t length);

/* The length of a line that ends with \n, without that and a \r before it. */
size_t nsk_line_stripped(const unsigned char *line, size_t length);

/* Ends it. delivered: the caller has the result, which is taken from the socket. A socket
   of NULL has gone. Idempotent. */
void nsk_read_end(nsk_read *read, nsk_socket *s, nsk_buffer **spare, bool delivered);

#endif
