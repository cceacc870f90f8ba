/* Errors: filling them, and finding words for them. */
#include "base/base.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define ERRNO(NAME) {#NAME, NAME},
const nsk_code nsk_errno_codes[] = {
#include "errno_rows.h"
    {NULL, 0}};
#undef ERRNO

#define EAI(NAME) {#NAME, NAME},
const nsk_code nsk_resolver_codes[] = {
#include "eai_rows.h"
    {NULL, 0}};
#undef EAI

const char *nsk_code_name(nsk_domain domain, int code) {
  const nsk_code *row = domain == NSK_RESOLVER ? nsk_resolver_codes : nsk_errno_codes;
  for (; row->name; row++)
    if (row->code == code) return row->name;
  return NULL;
}

/* strerror_r comes in two kinds; its type says which one this libc has. */
static const char *words_from_gnu(char *words, const char *buf) {
  (void)buf;
  return words;
}
static const char *words_from_posix(int status, const char *buf) {
  return status == 0 ? buf : "unknown error";
}
#define ERRNO_WORDS(code, buf, cap) \
  _Generic(strerror_r(code, buf, cap), char * : words_from_gnu, int              \
           : words_from_posix)(strerror_r(code, buf, cap), buf)

const char *nsk_code_message(nsk_domain domain, int code, char *buf, size_t cap) {
  char words[128];
  if (domain == NSK_RESOLVER)
    snprintf(buf, cap, "%s", gai_strerror(code));
  else if (nsk_code_name(domain, code) == NULL)
    snprintf(buf, cap, "errno %d", code);
  else
    snprintf(buf, cap, "%s", ERRNO_WORDS(code, words, sizeof words));
  return buf;
}

const char *nsk_error_message(const nsk_error *error, char *buf, size_t cap) {
  if (error->text[0] != '\0') return error->text;
  if (error->domain == NSK_RESOLVER && error->system != 0)
    return nsk_code_message(NSK_ERRNO, error->system, buf, cap);
  return nsk_code_message(error->domain, error->code, buf, cap);
}

size_t nsk_error_line(const nsk_error *error, char *buf, size_t cap) {
  char subject[4 * NSK_SUBJECT_MAX + 1];
  char message[128];
  size_t length =
      nsk_escape(error->subject, error->subject_length, subject, sizeof subject);
  const char *name = nsk_code_name(error->domain, error->code);
  const char *words = nsk_error_message(error, message, sizeof message);
  int n;
  if (name != NULL)
    n = snprintf(buf, cap, "%s%s%s: %s (%d) %s", error->op, length ? " " : "", subject,
                 name, error->code, words);
  else
    n = snprintf(buf, cap, "%s%s%s: %s", error->op, length ? " " : "", subject, words);
  return (size_t)n < cap ? (size_t)n : cap - 1;
}

nsk_outcome nski_fail(nsk_error *error, const char *op, int code) {
  return nski_fail_about(error, op, code, "", 0);
}

nsk_outcome nski_fail_about(nsk_error *error, const char *op, int code,
                            const char *subject, size_t length) {
  if (length > NSK_SUBJECT_MAX) length = NSK_SUBJECT_MAX;
  error->domain = NSK_ERRNO;
  error->code = code;
  error->system = 0;
  error->op = op;
  error->text[0] = '\0';
  error->byte = -1;
  error->early_end = false;
  error->subject_length = (uint16_t)length;
  memcpy(error->subject, subject, length);
  return NSK_FAILED;
}

nsk_outcome nski_fail_resolver(nsk_error *error, int code, int system,
                               const char *subject, size_t length) {
  if (code == EAI_MEMORY) return nski_fail_memory(error, "getaddrinfo");
  nski_fail_about(error, "getaddrinfo", code, subject, length);
  error->domain = NSK_RESOLVER;
  error->system = code == EAI_SYSTEM ? system : 0;
  return NSK_FAILED;
}

nsk_outcome nski_fail_memory(nsk_error *error, const char *op) {
  nski_fail(error, op, ENOMEM);
  error->domain = NSK_MEMORY;
  return NSK_FAILED;
}

nsk_outcome nsk_error_argument(nsk_error *error, const char *op, const char *subject,
                               const char *text) {
  nski_fail_about(error, op, EINVAL, subject, strlen(subject));
  error->domain = NSK_ARGUMENT;
  nski_error_say(error, text);
  return NSK_FAILED;
}

static int code_of(nsk_reason reason) {
  switch (reason) {
    case NSK_CLOSED:
      return EBADF;
    case NSK_NOT_NOW:
      return EAGAIN;
    case NSK_AWAITED:
    case NSK_BUSY:
      return EBUSY;
    case NSK_GIVEN_UP:
      return ETIMEDOUT;
    case NSK_CANCELED:
      break;
  }
  return ECANCELED;
}

nsk_outcome nsk_error_because(nsk_error *error, const char *op, nsk_reason reason,
                              const char *text) {
  nski_fail(error, op, code_of(reason));
  if (reason == NSK_BUSY) text = "another receive is under way";
  if (reason == NSK_AWAITED && text == NULL)
    text = "another coroutine waits for this socket already";
  if (text != NULL) nski_error_say(error, text);
  return NSK_FAILED;
}

nsk_outcome nsk_error_code(nsk_error *error, const char *op, int code) {
  return nski_fail(error, op, code);
}

void nski_error_say(nsk_error *error, const char *text) {
  snprintf(error->text, sizeof error->text, "%s", text);
}

nsk_outcome nski_error_late(nsk_error *error, const char *what,
                            const nsk_deadline *deadline) {
  snprintf(error->text, sizeof error->text, "%s within %.9g s", what, deadline->seconds);
  return NSK_TIMEOUT;
}

nsk_outcome nski_not_done(nsk_error *error, const char *op, int code) {
  if (code == EAGAIN || code == EWOULDBLOCK) return NSK_AGAIN;
  if (code == EINTR) return NSK_INTERRUPTED;
  return nski_fail(error, op, code);
}

bool nski_exhausted(int code) {
  return code == EMFILE || code == ENFILE || code == ENOMEM || code == ENOBUFS;
}

bool nski_scarce(int code) {
  return code == EMFILE || code == ENFILE;
}

bool nsk_error_scarce(const nsk_error *error) {
  return error->domain == NSK_RESOLVER
             ? nski_scarce(error->system)
             : error->domain == NSK_ERRNO && nski_scarce(error->code);
}

bool nski_int_fits(int64_t value, const char *op, const char *parameter,
                   nsk_error *error) {
  if (value >= INT_MIN && value <= INT_MAX) return true;
  nsk_error_argument(error, op, parameter, "outside the range of int");
  return false;
}
