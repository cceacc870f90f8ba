/* Many packets where the system takes one a call. */
#include "message/packets.h"

int nski_send_packets(int fd, nski_header *headers, size_t count, int flags) {
  size_t i = 0;
  for (; i < count; i++) {
    ssize_t sent = sendmsg(fd, &headers[i].msg_hdr, flags);
    if (sent < 0) break;
    headers[i].msg_len = (unsigned)sent;
  }
  return i > 0 || count == 0 ? (int)i : -1;
}

int nski_receive_packets(int fd, nski_header *headers, size_t count, int flags) {
  size_t i = 0;
  for (; i < count; i++) {
    ssize_t got = recvmsg(fd, &headers[i].msg_hdr, i > 0 ? flags | MSG_DONTWAIT : flags);
    if (got < 0) break;
    headers[i].msg_len = (unsigned)got;
  }
  return i > 0 ? (int)i : -1;
}
