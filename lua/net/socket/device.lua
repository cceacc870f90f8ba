return require('net.socket').device
