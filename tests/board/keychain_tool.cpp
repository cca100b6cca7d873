// keychain_tool read|write|remove password|passphrase SUBJECT: one process that uses the keychain, for tests.
// Prints the state, and of read the secret on a second line; write takes it from stdin.
#include <QtCore/QCoreApplication>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

#include "widgets/keychain/keychain.h"

using namespace quantwright;

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    if (argc != 4)
        return 2;
    const std::string what = argv[1];
    const KeychainItem item{
        std::string(argv[2]) == "passphrase" ? KeychainItem::Kind::passphrase : KeychainItem::Kind::password,
        argv[3]};
    KeychainAnswer answer;
    if (what == "read")
        answer = keychain::read(item);
    else if (what == "write")
        answer = keychain::write(item, std::string(std::istreambuf_iterator<char>(std::cin), {}));
    else if (what == "write_later")
        keychain::write_later(item, std::string(std::istreambuf_iterator<char>(std::cin), {}));
    else if (what == "remove")
        answer = keychain::remove(item);
    else
        return 2;
    constexpr const char* names[] = {"ready", "absent", "refused", "silent"};
    std::printf("%s\n", names[static_cast<int>(answer.state)]);
    if (answer.secret)
        std::printf("%s\n", answer.secret->c_str());
    return 0;
}
