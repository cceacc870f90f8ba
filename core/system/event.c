/* A descriptor that becomes readable when another thread says so, or never. */
#include "system/system.h"

#ifdef NSK_HAVE_EVENTFD

int nski_event_open(nsk_event *event) {
  event->wait_fd = event->post_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return event->wait_fd < 0 ? errno : 0;
}

void nsk_event_close(nsk_event *event) {
  if (event->wait_fd >= 0) nski_close_fd(event->wait_fd);
  event->wait_fd = event->post_fd = -1;
}

#else

int nski_event_open(nsk_event *event) {
  int fds[2];
  event->wait_fd = event->post_fd = -1;
  if (nski_open_pipe(fds) < 0) return errno;
  event->wait_fd = fds[0];
  event->post_fd = fds[1];
  return 0;
}

void nsk_event_close(nsk_event *event) {
  if (event->wait_fd >= 0) nski_close_fd(event->wait_fd);
  if (event->post_fd >= 0) nski_close_fd(event->post_fd);
  event->wait_fd = event->post_fd = -1;
}

#endif

nsk_outcome nsk_event_open(nsk_event *event, nsk_error *error) {
  int code = nski_event_open(event);
  return code == 0 ? NSK_DONE : nski_fail(error, "eventfd", code);
}

void nsk_event_post(nsk_event *event) {
  const uint64_t one = 1; /* what eventfd(2) wants; any bytes do for a pipe */
  ssize_t ignored = write(event->post_fd, &one, sizeof one);
  (void)ignored; /* a full event is readable already */
}

bool nski_event_clear(nsk_event *event) {
  uint64_t posts[8]; /* of a pipe: one from each who may post, and room to spare */
  return read(event->wait_fd, posts, sizeof posts) >= 0 || errno == EAGAIN;
}
