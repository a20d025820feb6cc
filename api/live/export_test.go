package live

// FrameTime is how long a frame may take to write.
const FrameTime = frameTime

// Heartbeat is after how long a quiet stream sends a beat.
const Heartbeat = heartbeat
