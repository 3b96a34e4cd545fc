//! Function words: the small words that say more of a text's language than its names and nouns do.

/// By BCP 47 subtag, the small words of everyday news text. Words may stand in several lists. At most 64 lists, and no
/// word longer than 16 bytes.
#[rustfmt::skip]
pub(super) const FUNCTION_WORDS: &[(&str, &str)] = &[
    ("en", "\
        the of to and in a is that for it was on are as with his they at be this have from or had by not but what \
        all were we when your can said there which she do their if will about out up after then them would these so \
        some her has more him into who its been than over also an how our you he my could says why new amid against"),
    ("de", "\
        der die das den dem des ein eine einen einem einer eines und oder aber in im am auf aus bei mit nach von vom \
        vor zu zum zur über unter gegen für durch um ohne bis seit ist sind war waren wird werden wurde wurden hat \
        haben hatte sein seine ihr ihre sich er sie es wir ich nicht kein keine auch noch nur schon mehr als wie \
        wenn dass weil so an soll kann will nun laut"),
    ("nl", "\
        de het een en van in is dat op te zijn met voor niet aan er om ook als dan bij of door over tot uit naar \
        maar nog wel meer hij zij ze we je ik wordt worden werd heeft hebben had was waren kan deze dit die wat na \
        tegen geen moet zich onder hun zo"),
    ("af", "\
        die en van het nie vir wat is om te met sy ook word hy deur dat in aan op was maar as kan hulle ons sal ná \
        oor uit nog by hier moet een haar jou my"),
    ("sv", "\
        och i att det som en på är av för med till den har de inte om ett han men var från vi så kan när efter under \
        sig eller vid ska också nu mot hon blir blev jag du ut sin sina inom över enligt mer skulle alla hade vad än \
        mycket"),
    ("da", "\
        og i at det er en til på som af for med den de har ikke et der om han var fra vi kan så men efter ved sig \
        også nu mod hun bliver blev jeg du ud sin sine over ifølge mere skal alle havde hvad end meget når eller \
        være nogle"),
    ("no", "\
        og i at det er en til på som av for med den de har ikke et om han var fra vi kan så men etter ved seg også \
        nå mot hun blir ble jeg du ut sin sine over ifølge mer skal alle hadde hva enn mye når eller være noen dette \
        fikk sier"),
    ("fi", "\
        ja on ei oli se että hän mutta myös kun ovat joka kuin sen tai jos vain niin sitä olla mukaan jo ollut hänen \
        jotka mitä nyt sekä ole vielä voi sillä tämä tämän eivät olisi kanssa jälkeen ennen yli koko kaikki"),
    ("et", "\
        ja on ei oli see et ka kui ning mis aga kes oma selle seda nii pole või siis veel ta tema ole olid kuid \
        pärast juba tuleb üle mida saab enne need eesti ainult koos kõik jaoks"),
    ("fr", "\
        le la les un une des du de et ou mais dans en au aux à sur sous pour par avec sans est sont était ont a il \
        elle ils on nous vous je se sa son ses leur leurs ce cet cette ces qui que ne pas plus comme été fait être \
        avait selon après depuis entre contre même si tout très aussi dont où lors vers chez deux"),
    ("es", "\
        el la los las un una de del al y o pero en con sin por para sobre entre hasta desde contra tras es son fue \
        era ha han había se su sus lo que como no más muy también ya este esta esto ese esa cuando donde ser está \
        están le les nos según si todo porque dos hay ante qué"),
    ("pt", "\
        o a os as um uma de do da dos das no na nos nas em ao aos à e ou mas com sem por pelo pela para sobre entre \
        até desde contra após é são era foi foram será tem têm há ser está estão se seu sua seus suas que quem como \
        não mais muito também já este esta isso isto quando onde diz"),
    ("it", "\
        il lo la i gli le un uno una di del dello della dei degli delle a al alla ai agli alle da dal dalla dai in \
        nel nella nei nelle su sul sulla con per tra fra e ed è sono era ha hanno si suo sua che chi cui come non \
        più anche dopo ma o se questo questa stato stata essere contro ecco ci tutto prima"),
    ("ca", "\
        el la els les un una de del dels al als i o però en amb sense per sobre entre fins des és són va van ha han \
        es seu seva que com no més molt també ja aquest aquesta quan on ser està aquests seus li ho hi perquè tot \
        què segons fer"),
    ("ro", "\
        și în de la pe cu din care o un una este sunt a au fost fi nu că se să pentru mai prin după ce dar sau lui \
        ei le al ale ai unei unui între va vor lor fără despre către până când acest această doar fiind cum dintre \
        iar ar"),
    ("pl", "\
        i w na z do się nie to że jest o za od po jak ale przez dla są był była było co oraz przy jego jej ich tym \
        tego tej ten ta te który która które czy może już tylko być ma pod przed też także nad bez więc lub we ze \
        podczas"),
    ("cs", "\
        a v na se je že z do s o za pro to ale jako po by jsou byl byla bylo není také podle při od ve jeho její \
        jejich který která které aby už jen nebo ještě když tak před mezi bude však ze první kde více jak si co může"),
    ("sk", "\
        a v na sa je že z do s o za pre to ale ako po by sú bol bola bolo nie aj podľa pri od vo jeho jej ich ktorý \
        ktorá ktoré aby už len alebo ešte keď tak pred medzi bude však zo kde viac čo môže tiež sme iba"),
    ("sl", "\
        in v na se je da z za s o so pa ki bi po ali kot tudi od do ni bil bila bilo pri iz še bo ne ter zaradi kar \
        med ta to že ob njegov kako več tako lahko le ga jih jo pred pod naj smo svoje"),
    ("hr", "\
        i u na se je da za od su s o a ne kako iz što nije koji koja koje će bi po ali ili kao do bio bila to sa \
        samo nakon još te više već prema tako pri jer li ga ih kada oko ovo ove biti ima bez protiv godine"),
    ("hu", "\
        a az és hogy nem is egy de ez meg csak volt ha már még van kell mint el után szerint azt ami aki vagy majd \
        pedig itt lesz ezt sem nincs ki be több között minden ezért mert most így két úgy akár"),
    ("tr", "\
        ve bir bu da de için ile olarak çok daha gibi olan sonra kadar ne var en o ama değil her ancak ise ya olduğu \
        göre oldu olduğunu tarafından mi ki yeni son kendi ilk tüm önce yok şu büyük diye dedi eden"),
    ("id", "\
        yang dan di ini dengan untuk itu dari dalam tidak akan pada juga ke adalah karena tersebut oleh bisa sudah \
        saat ada atau mereka telah kata lebih para seperti kami saya dia hanya harus menjadi bahwa sebagai hingga \
        secara antara masih dapat"),
    ("vi", "\
        và của là có trong được cho các không với người những một đã để khi này về từ đến ra tại sẽ vào phải như đó \
        trên cũng ông nhiều sau bị hai năm theo hơn còn do nhưng nước đang thì lại"),
    ("tl", "\
        ang ng sa na mga at ay ni si para hindi ito may kay isang mula dahil din naman siya kanyang rin nang ngunit \
        pero ako mo kung lang niya nila kanilang nga ba po pa ko sina upang"),
    ("lt", "\
        ir yra į kad su iš ne tai kaip bet buvo per apie už jis po iki dėl ar taip jau tik nuo savo prie jie bus dar \
        prieš pat ji kurie kuri kuris jo jų ten šis labai daugiau tačiau"),
    ("lv", "\
        un ir ar no ka par uz kas bet arī lai nav tas pēc vai tika kā pie savu tā viņš gan līdz jau kad bija tiek \
        vēl ja pret tikai šī šo viņa būs gadā ļoti starp pat to"),
    ("cy", "\
        y yr a i yn ar o mae wedi oedd ei am gan bod ac fel bydd hyn dim eu nid yw sydd roedd ond gyda fod hefyd at \
        hi chi mewn gael rhai dros"),
    ("ru", "\
        и в во не что на с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня \
        еще нет о из ему когда даже ну если уже или быть был него до вас для при об это этого также после где чем \
        под том есть они их мы год года году более будет были который которые которая сообщил"),
    ("uk", "\
        і в у не що на з із як а та це до за по від про для є був була було були його її їх але або також після під \
        час при так цього який яка які щоб вже ще він вона вони ми ви бути буде року над між де коли тому якщо лише \
        зі років через"),
    ("be", "\
        і ў у не што на з як а та гэта да за па ад пра для быў была было былі яго яе іх але або таксама пасля пад \
        пры так які якая якія каб ужо яшчэ ён яна яны мы вы будзе год года над паміж дзе калі бо толькі праз"),
    ("bg", "\
        и в на не че се с да за от по е са си като до при което които който която но или това след има още би беше \
        как ще ги го им му той тя те ни ви към през между само най може без пред повече вече къде когато съобщи \
        както във със"),
    ("mk", "\
        и во на не дека се со да за од по е си како до при што кој која кои но или ова има уште би беше ќе ги го им \
        му тој таа тие ни ви кон преку меѓу само нај може без пред повеќе веќе каде кога според сите ја бидат ѝ"),
    ("sr", "\
        и у на се је да за од су с о а не како из што није који која које ће би по али или као до био била то са \
        само након још те више већ према тако при јер ли га их када око ово ове бити има без против године међу \
        рекао"),
];
