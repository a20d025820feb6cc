package live

// FrameTime is how long a frame may take to write.
const FrameTime = frameTime
