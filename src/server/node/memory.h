#pragma once
// How the node's memory is got and given back: one allocator for everything, Arrow's buffers too,
// that keeps what the next object will need and lets go of it when the node comes to rest.
namespace sextant::server {

// At start, before any other thread and before Arrow is first used.
void prepare_memory();
// Gives everything that is free back to the system. Takes milliseconds; any thread.
void release_memory();

}  // namespace sextant::server
