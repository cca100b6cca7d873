#include "widgets/panels/figures.h"

#include <QStringList>
#include <cmath>

namespace quantwright::figures {

QString decibels(std::optional<double> snr_db) {
    return snr_db ? QString::number(*snr_db, 'f', 1) + QStringLiteral(" dB") : QStringLiteral("∞ dB");
}

QString percent(double fraction, int decimals) {
    return QString::number(fraction * 100, 'f', decimals) + QStringLiteral(" %");
}

QString taskFigure(const Figure& figure) {
    return is_fraction(figure.name) ? percent(figure.value) : QString::number(figure.value, 'g', 5);
}

QString taskChange(const Figure& from, const Figure& to) {
    const double change = to.value - from.value;
    const QString sign = change > 0 ? QStringLiteral("+") : QString();
    return sign +
           (is_fraction(to.name) ? QString::number(change * 100, 'f', 1) : QString::number(change, 'g', 3));
}

QString bytes(std::int64_t bytes) {
    const auto size = static_cast<double>(bytes);
    if (size < 1e3)
        return QString::number(bytes) + QStringLiteral(" B");
    if (size < 1e6)
        return QString::number(size / 1e3, 'f', size < 1e5 ? 1 : 0) + QStringLiteral(" kB");
    if (size < 1e9)
        return QString::number(size / 1e6, 'f', size < 1e8 ? 1 : 0) + QStringLiteral(" MB");
    return QString::number(size / 1e9, 'f', 2) + QStringLiteral(" GB");
}

QString count(std::int64_t count) {
    const auto amount = static_cast<double>(count);
    if (amount < 1e4)
        return QString::number(count);
    if (amount < 1e6)
        return QString::number(amount / 1e3, 'f', 1) + QStringLiteral(" k");
    if (amount < 1e9)
        return QString::number(amount / 1e6, 'f', 1) + QStringLiteral(" M");
    return QString::number(amount / 1e9, 'f', 2) + QStringLiteral(" G");
}

QString milliseconds(double ms) {
    return QString::number(ms, 'f', ms < 10 ? 2 : ms < 100 ? 1 : 0) + QStringLiteral(" ms");
}

QString microseconds(double us) {
    return us < 1000 ? QString::number(us, 'f', us < 10 ? 1 : 0) + QStringLiteral(" µs")
                     : milliseconds(us / 1000);
}

QString shape(const Shape& shape) {
    QStringList sizes;
    for (const std::int64_t size : shape)
        sizes << QString::number(size);
    return sizes.join(QStringLiteral("×"));
}

QString value(double value) {
    return QString::number(value, 'g', 4);
}

QString duration(double seconds) {
    const auto whole = static_cast<qint64>(std::ceil(seconds));
    if (whole < 60)
        return QStringLiteral("%1 s").arg(whole);
    return QStringLiteral("%1:%2 min").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

}  // namespace quantwright::figures
