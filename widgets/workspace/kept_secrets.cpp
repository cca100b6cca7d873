#include "widgets/workspace/kept_secrets.h"

#include <QSettings>
#include <QStringList>
#include <algorithm>
#include <mutex>

namespace quantwright {
namespace {

const QString setting = QStringLiteral("board/keychain");

/// Reading, changing and writing the list is one step.
std::mutex& guard() {
    static std::mutex mutex;
    return mutex;
}

/// An entry is "address\nkind\nsubject": none of them has a line's end but a key file of a strange name.
QString tailOf(const KeychainItem& item) {
    const QString kind = item.kind == KeychainItem::Kind::passphrase ? QStringLiteral("passphrase")
                                                                     : QStringLiteral("password");
    return u'\n' + kind + u'\n' + QString::fromStdString(item.subject);
}

}  // namespace

std::vector<KeychainItem> KeptSecrets::of(const std::string& address) {
    const std::lock_guard lock(guard());
    const QString name = QString::fromStdString(address);
    std::vector<KeychainItem> items;
    for (const QString& entry : QSettings().value(setting).toStringList())
        if (entry.section(u'\n', 0, 0) == name)
            items.push_back({entry.section(u'\n', 1, 1) == QLatin1String("passphrase")
                                 ? KeychainItem::Kind::passphrase
                                 : KeychainItem::Kind::password,
                             entry.section(u'\n', 2).toStdString()});
    return items;
}

void KeptSecrets::add(const std::string& address, const KeychainItem& item) {
    const std::lock_guard lock(guard());
    QSettings settings;
    QStringList entries = settings.value(setting).toStringList();
    const QString entry = QString::fromStdString(address) + tailOf(item);
    if (entries.contains(entry))
        return;
    entries.append(entry);
    settings.setValue(setting, entries);
}

void KeptSecrets::remove(const KeychainItem& item) {
    const std::lock_guard lock(guard());
    QSettings settings;
    QStringList entries = settings.value(setting).toStringList();
    const QString tail = tailOf(item);
    if (entries.removeIf([&](const QString& entry) { return entry.mid(entry.indexOf(u'\n')) == tail; }) > 0)
        settings.setValue(setting, entries);
}

bool KeptSecrets::remove(const std::string& address, const KeychainItem& item) {
    const std::lock_guard lock(guard());
    QSettings settings;
    QStringList entries = settings.value(setting).toStringList();
    const QString tail = tailOf(item);
    entries.removeAll(QString::fromStdString(address) + tail);
    settings.setValue(setting, entries);
    return std::none_of(entries.begin(), entries.end(),
                        [&](const QString& entry) { return entry.mid(entry.indexOf(u'\n')) == tail; });
}

}  // namespace quantwright
