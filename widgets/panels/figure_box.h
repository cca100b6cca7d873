#pragma once
// One figure of the strip: what it was → what it is.
#include <QFrame>

class QLabel;

namespace quantwright {

class FigureBox : public QFrame {
    Q_OBJECT
public:
    enum class Change { None, Better, Worse, Stale };

    explicit FigureBox(QWidget* parent = nullptr);
    void setTitle(const QString& title);
    /// `before` empty: only the figure itself; both empty: nothing is known.
    void setFigures(const QString& before, const QString& now, Change change);

private:
    QLabel *m_title, *m_before, *m_arrow, *m_now;
};

}  // namespace quantwright
