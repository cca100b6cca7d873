#include "widgets/results/format.h"

#include <QStringList>
#include <array>
#include <cmath>

#include "widgets/results/text.h"

namespace quantwright::results {

QString significant(double number, int digits) {
    const double magnitude = number == 0 ? 0 : std::floor(std::log10(std::fabs(number)));
    return QString::number(number, 'f', std::max(0, digits - 1 - static_cast<int>(magnitude)));
}

namespace {

QString scaled(std::int64_t number, const std::array<const char*, 4>& units) {
    auto value = static_cast<double>(number);
    std::size_t unit = 0;
    while (std::fabs(value) >= 1000 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    const QString digits = unit == 0 ? QString::number(number) : significant(value, 3);
    const QString name = QString::fromLatin1(units[unit]);
    return name.isEmpty() ? digits : QStringLiteral("%1 %2").arg(digits, name);
}

}  // namespace

QString bytes(std::int64_t number) {
    return scaled(number, {"B", "kB", "MB", "GB"});
}

QString large(std::int64_t number) {
    return scaled(number, {"", "k", "M", "G"});
}

QString count(std::int64_t number) {
    QString digits = QString::number(number);
    for (qsizetype place = digits.size() - 3; place > (number < 0 ? 1 : 0); place -= 3)
        digits.insert(place, u',');
    return digits;
}

QString percent(double fraction) {
    return QStringLiteral("%1 %").arg(fraction * 100, 0, 'f', 2);
}

QString decibels(std::optional<double> snr_db) {
    return snr_db ? QStringLiteral("%1 dB").arg(*snr_db, 0, 'f', 1) : QStringLiteral("∞");
}

QString milliseconds(double ms) {
    return QStringLiteral("%1 ms").arg(significant(ms, 3));
}

QString duration(double seconds) {
    const auto whole = static_cast<long long>(std::llround(seconds));
    const auto two = [](long long number) {
        return QStringLiteral("%1").arg(number, 2, 10, QLatin1Char('0'));
    };
    if (whole < 3600)
        return QStringLiteral("%1:%2").arg(whole / 60).arg(two(whole % 60));
    return QStringLiteral("%1:%2:%3").arg(whole / 3600).arg(two(whole / 60 % 60), two(whole % 60));
}

QString shape_text(const Shape& shape) {
    QStringList dimensions;
    for (const std::int64_t dimension : shape)
        dimensions.append(QString::number(dimension));
    return dimensions.isEmpty() ? Cli::tr("scalar") : dimensions.join(u'×');
}

QString shape_text(const ValueInfo& value) {
    if (!value.has_shape)
        return QStringLiteral("?");
    QStringList dimensions;
    for (const auto& dimension : value.shape)
        dimensions.append(dimension.value >= 0     ? QString::number(dimension.value)
                          : dimension.name.empty() ? QStringLiteral("?")
                                                   : text(dimension.name));
    return dimensions.isEmpty() ? Cli::tr("scalar") : dimensions.join(u'×');
}

}  // namespace quantwright::results
