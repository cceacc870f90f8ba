/*
 * An echo server and its client, on the C core alone:
 *
 *   echo listen HOST PORT [CONNECTIONS]   says where it listens, then serves
 *   echo send HOST PORT TEXT              sends TEXT and prints what comes back
 *
 * The core never waits by itself: a call that says NSK_AGAIN is tried again after
 * nsk_wait. Port 0 takes a free one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netsocket.h"

static const double patience = 5; /* seconds for a connect, and for each byte */

/* Prints the error's one line; the program's exit status. */
static int complain(const nsk_error *error) {
  char line[NSK_LINE_MAX];
  nsk_error_line(error, line, sizeof line);
  fprintf(stderr, "echo: %s\n", line);
  return EXIT_FAILURE;
}

static nsk_target target_of(const char *host, const char *port, int flags) {
  nsk_target target = {.query = {.family = nsk_inet, .socktype = nsk_stream}};
  target.query.endpoint.host = host;
  target.query.endpoint.host_length = strlen(host);
  target.query.endpoint.service = port;
  target.query.endpoint.service_length = strlen(port);
  target.query.flags = flags;
  return target;
}

/* Waits for what `again` needs; a signal is no reason to give up. */
static nsk_outcome wait_for(nsk_socket *s, nsk_need need, int64_t until,
                            nsk_error *error) {
  nsk_outcome outcome;
  do
    outcome = nsk_socket_wait(s, need, until, NULL, error);
  while (outcome == NSK_INTERRUPTED);
  return outcome;
}

static nsk_outcome send_all(nsk_socket *s, const char *bytes, size_t length,
                            nsk_error *error) {
  while (length > 0) {
    size_t sent = 0;
    nsk_outcome outcome = nsk_socket_send(s, bytes, length, 0, &sent, error);
    if (outcome == NSK_AGAIN) outcome = wait_for(s, NSK_WRITE, NSK_NEVER, error);
    if (outcome != NSK_DONE && outcome != NSK_INTERRUPTED) return outcome;
    bytes += sent;
    length -= sent;
  }
  return NSK_DONE;
}

static nsk_outcome receive(nsk_socket *s, char *buffer, size_t size, size_t *n,
                           int64_t until, nsk_error *error) {
  for (;;) {
    nsk_outcome outcome = nsk_socket_recv(s, buffer, size, 0, n, error);
    if (outcome == NSK_AGAIN)
      outcome = wait_for(s, NSK_READ, until, error);
    else if (outcome != NSK_INTERRUPTED)
      return outcome;
    if (outcome != NSK_DONE && outcome != NSK_INTERRUPTED) return outcome;
  }
}

/* ---------------------------------------------------------------- server -- */

static nsk_outcome serve_one(nsk_socket *listener, nsk_error *error) {
  char buffer[4096];
  size_t n;
  nsk_socket s;
  nsk_error ignored;
  nsk_outcome outcome;
  nsk_socket_init(&s);
  while ((outcome = nsk_socket_accept(listener, &s, NULL, error)) != NSK_DONE) {
    if (outcome == NSK_AGAIN) outcome = wait_for(listener, NSK_READ, NSK_NEVER, error);
    if (outcome == NSK_FAILED) return outcome;
  }
  while ((outcome = receive(&s, buffer, sizeof buffer, &n, NSK_NEVER, error)) == NSK_DONE)
    if ((outcome = send_all(&s, buffer, n, error)) != NSK_DONE) break;
  /* A peer that resets its connection ends that one, not the server. */
  if (outcome == NSK_FAILED) complain(error);
  nsk_socket_close(&s, &ignored);
  return NSK_DONE;
}

static int serve(const char *host, const char *port, long connections) {
  nsk_target target = target_of(host, port, nsk_passive);
  nsk_bind_how how = {.v6only = -1};
  nsk_socket listener;
  nsk_addrinfo at;
  nsk_error error;
  char text[NSK_ADDR_TEXT_MAX];
  nsk_socket_init(&listener);
  how.reuseaddr = true;
  nsk_outcome outcome = nsk_bind(&target, &how, &listener, &at, &error);
  if (outcome == NSK_DONE) outcome = nsk_socket_listen(&listener, nsk_backlog, &error);
  if (outcome == NSK_DONE) outcome = nsk_socket_name(&listener, &at.addr, &error);
  if (outcome == NSK_DONE) {
    printf("listening on %.*s\n", (int)nsk_addr_text(&at.addr, text), text);
    fflush(stdout);
  }
  for (long i = 0; outcome == NSK_DONE && (connections == 0 || i < connections); i++)
    outcome = serve_one(&listener, &error);
  int status = outcome == NSK_DONE ? EXIT_SUCCESS : complain(&error);
  nsk_socket_close(&listener, &error);
  return status;
}

/* ---------------------------------------------------------------- client -- */

/* A connect is stepped; between two steps the program waits for what it wants. */
static nsk_outcome connect_to(const nsk_target *target, nsk_deadline deadline,
                              nsk_socket *s, nsk_error *error) {
  nsk_connect op;
  nsk_addrinfo peer;
  nsk_interest interest;
  nsk_outcome outcome = nsk_connect_start(&op, target, deadline, false, error);
  while (outcome == NSK_DONE || outcome == NSK_TIMEOUT || outcome == NSK_INTERRUPTED) {
    outcome = nsk_connect_step(&op, s, &peer, &interest, error);
    if (outcome != NSK_AGAIN) break;
    if (interest.need == NSK_RESOLVE)
      outcome = nsk_connect_resolve(&op, error);
    else
      outcome = nsk_wait_for(&interest, NULL, error);
  }
  nsk_connect_drop(&op);
  return outcome;
}

static int client(const char *host, const char *port, const char *message) {
  nsk_target target = target_of(host, port, 0);
  nsk_socket s;
  nsk_error error;
  char buffer[4096];
  nsk_deadline deadline;
  size_t n, left = strlen(message);
  nsk_socket_init(&s);
  nsk_outcome outcome =
      nsk_deadline_in(patience, "connect", "seconds", &deadline, &error);
  if (outcome == NSK_DONE) outcome = connect_to(&target, deadline, &s, &error);
  if (outcome == NSK_DONE) outcome = send_all(&s, message, left, &error);
  while (outcome == NSK_DONE && left > 0) {
    nsk_deadline_in(patience, "recv", "seconds", &deadline, &error);
    outcome = receive(&s, buffer, sizeof buffer, &n, deadline.at, &error);
    if (outcome != NSK_DONE) break;
    fwrite(buffer, 1, n, stdout);
    left -= n < left ? n : left;
  }
  int status = EXIT_SUCCESS;
  if (outcome == NSK_FAILED || (outcome == NSK_TIMEOUT && s.fd < 0)) {
    status = complain(&error);
  } else if (outcome != NSK_DONE) {
    fprintf(stderr, "echo: the server did not send it all back\n");
    status = EXIT_FAILURE;
  }
  nsk_socket_close(&s, &error);
  return status;
}

int main(int argc, char **argv) {
  bool listening = argc >= 4 && strcmp(argv[1], "listen") == 0;
  if (listening && argc <= 5)
    return serve(argv[2], argv[3], argc == 5 ? strtol(argv[4], NULL, 10) : 0);
  if (argc == 5 && strcmp(argv[1], "send") == 0) return client(argv[2], argv[3], argv[4]);
  fprintf(stderr,
          "usage: echo listen HOST PORT [CONNECTIONS] | echo send HOST PORT TEXT\n");
  return 2;
}
