return require('net.socket').iovec
