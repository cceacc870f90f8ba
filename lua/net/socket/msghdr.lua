return require('net.socket').msghdr
