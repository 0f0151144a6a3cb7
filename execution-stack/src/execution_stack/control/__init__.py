"""Control: what stops trading and what bounds it. The kill switch, and the limits of positions.

Words. A *halt* stops one market, or all (*global*), for a *cause*; it stands until somebody *lifts* it.
It was *made by* an operator, or by the machine, which halts and never lifts. A *position limit* is how many
contracts of a market the house may hold net, at worst.

Invariants: while a market is halted no window of it is closed and nothing new is sent for it, also not an
order that is sent again; what is in flight is still read and shared out. A halt is in force once its
transaction is committed: whoever closes or sends holds the halts until its own commit. A halt and its lift
are rows that never change, each with an audit record; a market has one standing halt per cause.

Tables owned: control_halt, control_lift, control_position_limit. Events published: none.
"""
