/* How long the system lets a blocking call wait, as one point of time. */
#include "socket/socket.h"

int64_t nsk_socket_limit(const nsk_socket *s, nsk_need need, int64_t began) {
  bool writing = need == NSK_WRITE || need == NSK_WRITE_URGENT;
  struct timeval time = {0, 0};
  socklen_t length = sizeof time;
  if (getsockopt(s->fd, SOL_SOCKET, writing ? SO_SNDTIMEO : SO_RCVTIMEO, &time, &length) <
      0)
    return NSK_NEVER; /* the call itself finds out why */
  if (time.tv_sec == 0 && time.tv_usec == 0) return NSK_NEVER;
  if (time.tv_sec >= (NSK_NEVER - began) / 1000000000 - 1) return NSK_NEVER;
  return began + (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}
