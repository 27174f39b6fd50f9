#pragma once
// The node's own keys. The master key lies in a file beside the data (0600) and seals nothing but
// the data key; the data key lies sealed in the state store and seals the secrets. So the master
// key is changed by sealing 32 bytes again.
#include <filesystem>

#include "core/result.h"
#include "core/signing_key.h"
#include "guard/keys/sealing.h"
#include "ports/commit.h"
#include "ports/state_store.h"

namespace sextant::guard {

// The data key, opened with the master key in `path`. At first start both are made, and durable on
// return. Errors: NotFound (there is a data key, but no file), Denied (others may read the file, or
// we may not), Corrupt (the file is not the master key of this data), as StateStore and CommitLog.
Result<SealingKey> open_data_key(const std::filesystem::path& path, const ports::StateStore& state,
                                 ports::CommitLog& log);

// The key that the node signs with, opened with its data key; made at the first call (which takes a
// moment), and durable on return. Errors as above.
Result<SigningKey> open_signing_key(const std::filesystem::path& path,
                                    const ports::StateStore& state, ports::CommitLog& log);

// Puts a new master key in the file, and the data key sealed with it in the state store. The new
// one waits in `path`.next until that is durable, so a crash in between loses neither:
// open_data_key() takes up the one that fits. The node must not run. Errors as above.
Result<> rotate_master_key(const std::filesystem::path& path, const ports::StateStore& state,
                           ports::CommitLog& log);

}  // namespace sextant::guard
