from tests.world import sign_in
def test_it(world, client):
    sign_in(client, world.people["secretary"])
    r = client.get("/accounts/me", headers={"Accept-Language":"en"}); print(r.status_code, r.get_data(as_text=True)[2500:])
