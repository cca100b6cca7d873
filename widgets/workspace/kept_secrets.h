#pragma once
// Which secrets this program has put into the keychain, by board: keychains can't be asked what they hold.
// Names alone; in the settings. Safe from any thread.
#include <string>
#include <vector>

#include "widgets/keychain/keychain.h"

namespace quantwright {

struct KeptSecrets {
    [[nodiscard]] static std::vector<KeychainItem> of(const std::string& address);
    static void add(const std::string& address, const KeychainItem& item);
    /// For all addresses.
    static void remove(const KeychainItem& item);
    /// For this address. True if no other needs it.
    static bool remove(const std::string& address, const KeychainItem& item);
};

}  // namespace quantwright
