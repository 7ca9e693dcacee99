// A tab's record as it is kept: sign-ins with the numbers of their steps, and each step under its number. Nothing where there is none.
const wholeRecord = () => {
    const record = JSON.parse(sessionStorage.getItem('polar-connect.record'));
    const step = place => JSON.parse(sessionStorage.getItem(`polar-connect.record.${place}`)).record;
    for (const attempt of record?.record.attempts ?? []) attempt.steps = attempt.steps.map(step);
    return record;
};
const putRecord = record => {
    let free = 0;
    const place = step => {
        sessionStorage.setItem(`polar-connect.record.${free}`, JSON.stringify({ version: record.version, record: step }));
        return free++;
    };
    const attempts = record.record.attempts.map(it => ({ ...it, steps: it.steps.map(place) }));
    sessionStorage.setItem('polar-connect.record', JSON.stringify({ ...record, record: { attempts } }));
};
