#include "widgets/panels/figure_box.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "widgets/theme/fonts.h"
#include "widgets/theme/style_sheet.h"

namespace quantwright {

FigureBox::FigureBox(QWidget* parent)
    : QFrame(parent),
      m_title(new QLabel(this)),
      m_before(new QLabel(this)),
      m_arrow(new QLabel(QStringLiteral("→"), this)),
      m_now(new QLabel(this)) {
    setProperty("surface", QStringLiteral("card"));
    m_title->setProperty("role", QStringLiteral("quiet"));
    m_before->setProperty("role", QStringLiteral("quiet"));
    m_arrow->setProperty("role", QStringLiteral("quiet"));
    m_title->setFont(uiFont(TextSize::Small));
    m_before->setFont(figureFont());
    m_now->setFont(figureFont(TextSize::Normal, true));
    auto* figures = new QHBoxLayout;
    figures->setSpacing(5);
    figures->addWidget(m_before);
    figures->addWidget(m_arrow);
    figures->addWidget(m_now);
    figures->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 2, 8, 2);
    layout->setSpacing(0);
    layout->addWidget(m_title);
    layout->addLayout(figures);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    // Room for "99.0 dB → 100.0 dB": nothing jumps when a figure comes, and six steps fit beside three.
    setMinimumWidth(m_now->fontMetrics().horizontalAdvance(QStringLiteral("00.0 dB → 000.0 dB")) + 20);
    setFigures({}, {}, Change::None);
}

void FigureBox::setTitle(const QString& title) {
    m_title->setText(title);
}

void FigureBox::setFigures(const QString& before, const QString& now, Change change) {
    static const char* const roles[] = {"figure", "better", "worse", "quiet"};
    m_before->setText(before);
    m_before->setVisible(!before.isEmpty());
    m_arrow->setVisible(!before.isEmpty());
    m_now->setText(now.isEmpty() ? QStringLiteral("–") : now);
    m_now->setProperty("role",
                       QString::fromLatin1(now.isEmpty() ? "quiet" : roles[static_cast<int>(change)]));
    restyle(m_now);
    setAccessibleName(QStringLiteral("%1 %2 %3").arg(m_title->text(), before, m_now->text()).simplified());
}

}  // namespace quantwright
