#pragma once
// What must be so before a node starts: options that make sense, a free port, a data folder that is
// ours and that no other node works with. Errors say which option to change.
#include <memory>
#include <string>

#include "adapters/embedded/disk.h"
#include "adapters/embedded/store.h"
#include "core/clock.h"
#include "core/result.h"
#include "net/bound_socket.h"
#include "server/node/node.h"

namespace sextant::server {

// Before anything is made, so that a taken port leaves nothing behind. Conflict: it is taken.
Result<std::unique_ptr<net::BoundSocket>> take_port(const NodeOptions& options);

// Invalid: an option that cannot be, or an address open to others without TLS or --insecure.
Result<> check(const NodeOptions& options, const net::BoundSocket& socket);

// Ours alone: it holds keys. Its name is durable on return, or it was there and lies in a folder
// that this process may not sync: then that is up to whoever made it. Denied: it cannot be made.
Result<> make_folder(const std::string& name);

// The store inside the data folder. Conflict: another node works with it.
Result<std::unique_ptr<adapters::EmbeddedStore>> open_store(const std::string& data,
                                                            const Clock& clock,
                                                            adapters::Disk& disk);

}  // namespace sextant::server
