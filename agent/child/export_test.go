package child

// WatchNames is the watch over the machine's name servers.
var WatchNames = watchNames
