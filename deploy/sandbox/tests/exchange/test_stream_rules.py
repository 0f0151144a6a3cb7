import orjson

from sandbox.exchange.stream import OUTBOX_LIMIT, Session


def test_a_subscription_whose_messages_pile_up_ends_with_its_error_code():
    session = Session(lambda _: True, lambda *_: None)
    session.command('{"id": 1, "cmd": "subscribe", "params": {"channels": ["fill"]}}', 0)
    [subscription] = session.subscriptions.values()
    for _ in range(OUTBOX_LIMIT):
        told = session.tell(subscription, "fill", {})
        if told is None:
            break
        session.put(told)
    assert session.subscriptions == {}
    last = [session.outbox.get_nowait() for _ in range(session.outbox.qsize())][-1]
    assert orjson.loads(last) == {
        "type": "error",
        "sid": 1,
        "msg": {"code": 25, "msg": "Subscription buffer overflow"},
    }
