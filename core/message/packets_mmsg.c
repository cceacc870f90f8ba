/* sendmmsg(2) and recvmmsg(2). */
#include "message/packets.h"

int nski_send_packets(int fd, nski_header *headers, size_t count, int flags) {
  return sendmmsg(fd, headers, (unsigned)count, (nski_mmsg_flags)flags);
}

int nski_receive_packets(int fd, nski_header *headers, size_t count, int flags) {
  return recvmmsg(fd, headers, (unsigned)count, (nski_mmsg_flags)(flags | MSG_WAITFORONE),
                  NULL);
}
