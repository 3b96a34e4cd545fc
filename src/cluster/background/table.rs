//! The background table: counts of English stems in news items, and function words of other languages.

/// Stems in classes: the share of English news items that have a stem, and the stems.
///
/// Counted over about 7,000 news items of six research sets, so that no single topic weighs: the share is the
/// mean over the sets without the highest.
pub(super) const ENGLISH: &[(f32, &str)] = &[
    (
        0.6,
        "\
     the",
    ),
    (
        0.45,
        "\
     and in of on to",
    ),
    (
        0.3,
        "\
     for",
    ),
    (
        0.2,
        "\
     at is that with",
    ),
    (
        0.14,
        "\
     after an as by from has his it said was",
    ),
    (
        0.1,
        "\
     be have he presid say",
    ),
    (
        0.07,
        "\
     about are but new not one over report this thursday two who will year",
    ),
    (
        0.05,
        "\
     been call day first friday had hous into monday more nation news peopl state their they time trump tuesday us \
     wednesday week were",
    ),
    (
        0.035,
        "\
     against all announc back democrat dure even fire former her just kill last make morn offici other out parti \
     polic releas saturday secur sunday up we what when which while would",
    ),
    (
        0.025,
        "\
     accord attack befor between charg could court critic donald down elect end get govern head high investig \
     leader like may near night no north now off offic old open or person plan republican school senat she shoot \
     show take than there three today told top updat use vote white",
    ),
    (
        0.018,
        "\
     accus alleg anoth appear arrest bill both build can center chief citi claim come countri dead deal death \
     depart die earli east face follow four general go group him hit home how includ left life look made major man \
     member million most move next obama place polit post power presidenti public right run servic set shot sign \
     some south support them tri unit video washington where work you",
    ),
    (
        0.013,
        "\
     across act action ad american area arm around attempt attorney author base becaus becom border busi campaign \
     case central chang close committe compani confirm congress continu control data deliv detail did do earlier \
     emerg famili feder fight five forc found girl gun help here hour if increas injur intellig issu judg latest \
     launch law least live long mani mark month need offer onli part pass polici press put question re record relat \
     return reveal rule second secretari seek self sever should sinc so start statement step talk team through took \
     under want way win without world",
    ),
    (
        0.009,
        "\
     account address administr afternoon again air allow also america ani april ask away begin big billion block \
     break bring caus challeng china co confer connect counti decis declar defens direct drive drop eight enter \
     expect fail file final find friend full fund futur game good hand happen himself histori hold hope host imag \
     inform intern interview involv job john justic key know known larg late lead learn leav list local march media \
     meet michael militari minist mr much multipl murder name our outsid own play point possibl problem program \
     promis protest provid publish race rais receiv recent remain rep repres respons result russia see share singl \
     six sourc special speech st stand still stori such suprem suspect taken tell texa then third threaten turn tv \
     twitter war warn watch went west whether wide william woman women yet york your",
    ),
    (
        0.0065,
        "\
     access agenc ago aid along amid anti appar appl approv assault bad behind believ biggest bomb california came \
     candid capit celebr child children clinton cnn com comment complet comput concern conserv consid controversi \
     crimin current cut december deep defend deni deputi despit district doe doubl due econom effect effort email \
     europ event evid exchang execut fall fear few florida foreign fox free front gather georg goe gop governor \
     ground grow health hear held hospit identifi initi island israel joe jr june later lawmak lawyer led legisl \
     less liber limit line magazin market mass mean measur men messag microsoft minut miss money my nomine ohio onc \
     oper order organ past perform photo pm potenti prime prison pro propos pull reform requir rise russian san \
     season seem seen sen sent sentenc serious seven sex sexual southern speak staff star stop street strike strong \
     struck suffer suggest system target tax teenag test th thing think those threat too toward ukrain user ve veri \
     victori view violenc visit voter wall weapon whi word worker wound",
    ),
    (
        0.0045,
        "\
     activ adam add advanc advertis advis affect age agre agreement ahead aim almost am amend among andrew answer \
     ap argu argument arriv ballot ban battl becam began bid biden black blame book boy brought buy calif captur \
     care career carri chairman check chip class clear collect communic communiti complex condit congression \
     constitut convent convict counsel count crash creat crisi custom david dc debat degre describ design destroy \
     detect determin differ discrimin discuss display disput document doesn don each egypt energi enforc escal \
     everi ex expand explain express facebook fast fatal fbi featur field fix floor focus food formal forward \
     fourth gain gave generat giant give given global got gov great gunman hack hacker handl hard harri herself \
     hill hillari human hundr immigr import incid industri insid isra jail jame jan join july land largest let \
     libya lie longtim lose loss love manag materi mayor me medic middl might mile mission mo mobil moment mother \
     mueller negoti never nomin non november oppon opposit page paid panel philadelphia phone pick piec posit \
     prevent previous primari project prosecutor purchas push ralli rang reach read reason region remov request \
     review risk robert role room round rush sale same scene send senior separ september seri serv shake shop side \
     signific small social son soon spark speaker speed spend spoke spokesman store student success tech technolog \
     tension term thought thousand transport treatment un until unveil urg version vow weekend well wit within \
     worth young",
    ),
    (
        0.003,
        "\
     abus actual admit alli alreadi although alway analyst apolog app appeal approach articl associ avail bank bar \
     barack beach best blast blog board boost brian bridg brief broke budget bush capitol car carolina cast ceo \
     certain chanc chines choic chris cite civil clash clean climat closer club coast colleagu condemn confront \
     connecticut contain cooper coron cost cover crime cross crowd custodi danger date daughter de decad decid \
     declin defeat delay demand demonstr detroit develop didn director dismiss door dozen draw ebay economi effici \
     enabl endors erupt establish european ever everyth exact expert explor far father february felt figur fill \
     financi flash freedom french fulli gas gay gaza grand grant green guard huge hurt illeg inc india individu \
     injuri inquiri interim internet introduc iran isn january jeff jersey jump juri kansa keep kind king korea ky \
     la languag legal letter level libyan light link littl ll locat longer lot low mari mask massiv match mexico \
     mike minor missil mitt model molest moscow motiv mount multi must natur neighborhood network northeast noth \
     nuclear number obtain occur offens often onlin origin packag paper parent parliament partner patch paul pay \
     peac perhap pictur plant practic preliminari prepar present pressur price privat process product profil \
     progress promin prompt protect puerto quarter quit rare rate readi real rebel recov refus reject remark repeat \
     research resid resign resolv respond reuter revis richard rival romney safe safeti sander save scandal scott \
     sea sean search seiz sell server session ship shooter short shutdown signal site softwar southwest space \
     specul stage station stay steve struggl style suit summer super surpris surveil suspicion sweep telephon \
     televis ten themselv these thoma though tie togeth total town track trade trail train travel treat trial tweet \
     uk understand univers usa vehicl veteran vice victim villag violat violent virginia voic wake walk water wave \
     weather welcom western whose window won",
    ),
    (
        0.002,
        "\
     accept activist addit adult agent al alabama anderson angel annual anticip appoint arkansa armi asia asian \
     attend attent august beat berni beyond blow broadcast brooklyn brown bullet cabl camp canadian caught chain \
     charl chicago chick christian church civilian cohen colleg combat commit comprehens compromis contrast cop \
     corner council credit curb damag dan dec dem depend destruct devic diego digit divis downtown dramat driver \
     drug earn employ employe entir extend facil failur fame fan favor fell fifth film firm flow foot form franc \
     francisco fraud fuel further god grab guardian guilti half harm headlin heart heat highest highlight highway \
     hint histor idea ill immedi impact impos improv independ influenc insult intel interest invest ir jackson \
     japan jet joint judiciari kevin keynot korean label lack larri lawsuit leadership lengthi lost loui lower ma \
     maker matter metro milit moor nationwid neighbor netanyahu nightclub nine ny offend onto orlando oust owner \
     pair pennsylvania per percent peter physic pitch platform player plead pledg po politician poll popular \
     portfolio pose pr pretti privaci probe produc promot quick rage realli recoveri reduc regim regist reid \
     relationship replac resist rest restaur restor rich ring road rough rout sa sc scale scienc scientif score \
     seat secret select shelter shield shift shut sister sit situat slam slight smith soldier sometim sought \
     southeast sport spot standoff stock stolen stood storm strip suppos sure suspend tackl tear teen territori \
     testimoni tonight tough tougher transform trip troop true tyler type union upon valley valu via vigil wash \
     websit wind wish withdraw worst wrong wrote yes",
    ),
    (
        0.0015,
        "\
     aircraft anthoni anyon assess avenu band boat born cancel capabl charlott conclud conduct correct corrupt \
     coupl coverag daili delet deploy detain devast dollar domest driven eastern eric escap especi estim except \
     exclus eye fact feel fighter financ googl gray hardwar hollywood indianapoli investor iowa iranian johnson \
     knew massacr memo music muslim newspap note oct older palestinian partisan poor popul rank refer repeal reserv \
     resolut retail rifl roll section sept sharpli shown size sound spent spread summit surfac taylor throw tmz \
     uniti unknown unlik unusu va warren wear yesterday",
    ),
];

/// Words of world news that no desk should take for rare, even where the sets counted had few of them.
pub(super) const WORLD_NEWS: &str = "\
     Afghanistan Africa African America American Argentina Asia Asian Australia Australian Austria Baghdad \
     Beijing Belarus Berlin Brazil Britain British Brussels Cairo California Canada Canadian Chile China \
     Chinese Colombia Cuba Damascus Denmark Egypt England Europe European Finland Florida France French Gaza \
     Geneva Germany German Greece Greek Hague Hong Kong Hungary India Indian Indonesia Iran Iranian Iraq Iraqi \
     Ireland Irish Islamabad Israel Israeli Italy Italian Jakarta Japan Japanese Jerusalem Kabul Kenya Korea \
     Korean Kremlin Kyiv Lebanon Libya London Madrid Malaysia Mexico Mexican Moscow Myanmar NATO Netherlands \
     Nigeria Norway Pakistan Palestinian Paris Pentagon Philippines Poland Polish Pyongyang Romania Rome Russia \
     Russian Saudi Arabia Scotland Seoul Singapore Spain Spanish Sudan Sweden Switzerland Sydney Syria Syrian \
     Taiwan Taipei Tehran Texas Thailand Tokyo Turkey Turkish Ukraine Ukrainian UN Vatican Venezuela Vietnam \
     Wales Warsaw Washington Yemen York agency alliance ally ambassador analyst annual army arrive attack \
     ballistic bank border briefing budget cabinet capital central chairman chancellor chief coalition \
     commission commander conference confirm conflict coast congress council crisis defence defense delegation \
     deploy deployment diplomat diplomatic drone economy economic election embassy envoy fighting flood foreign \
     forces front governor growth inflation intelligence interview invasion investor launch lawmaker leader \
     market meeting military minister ministry missile nuclear official opposition parliament party peace \
     percent plane police policy president prime profit protest rain rate region relations sanction sea \
     secretary security senior ship shot soldier spokesman spokeswoman spokesperson statement strike summit \
     tank talks tariff territory threat tour trade treaty troops trip vice visit vote war warn weapon weather";
/// The function words of other languages, as they are written; the words of a list are cut and stemmed like any text.
pub(super) const FUNCTION_WORDS: &[(&str, &str)] = &[
    (
        "de",
        "\
     der die das den dem des ein eine einer einem einen eines und oder aber in im ins an am auf aus bei mit \
     nach von vom vor zu zum zur über unter gegen für durch um ohne bis seit während wegen ist sind war waren \
     wird werden wurde wurden hat haben hatte hatten sein seine seiner ihr ihre ihrer sich er sie es wir man \
     nicht kein keine auch noch nur schon mehr als wie wenn dass daß ob weil so da dort hier was wer wo diese \
     dieser dieses diesem jetzt nun sagte sagt neue neuen neuer uhr jahr jahre jahren tag laut soll sollen kann \
     können will muss alle zwei",
    ),
    (
        "fr",
        "\
     le la les un une des du de et ou mais dans en au aux à sur sous pour par avec sans chez vers entre contre \
     après avant depuis pendant est sont était étaient sera a ont avait avoir être été fait il elle ils elles \
     on nous vous je se sa son ses leur leurs ce cet cette ces qui que quoi dont où ne pas plus moins très \
     aussi comme si tout tous toute toutes même encore déjà selon deux dit jour an ans année nouveau nouvelle",
    ),
    (
        "es",
        "\
     el la los las un una unos unas de del al y o pero en con sin por para sobre entre hasta desde contra tras \
     ante según es son era fue fueron será ha han había hay ser estar está están se su sus le les lo que qué \
     quien cual donde cuando como no sí más menos muy también ya este esta estos estas ese esa todo todos toda \
     todas dos dijo año años día nuevo nueva",
    ),
    (
        "pt",
        "\
     o a os as um uma uns umas de do da dos das no na nos nas em ao aos à e ou mas com sem por pelo pela para \
     sobre entre até desde contra após é são era foi foram será tem têm há ser estar está estão se seu sua seus \
     suas que quem qual onde quando como não mais menos muito também já este esta isso todo todos dois disse \
     ano anos dia novo nova",
    ),
    (
        "it",
        "\
     il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla \
     dai dalle in nel nella nei nelle su sul sulla con senza per tra fra contro dopo prima e ed o ma è sono era \
     erano sarà ha hanno aveva essere stato stata si suo sua suoi sue loro che chi cui dove quando come non più \
     meno molto anche già questo questa tutti tutto due detto anno anni giorno nuovo nuova",
    ),
    (
        "nl",
        "\
     de het een en of maar in op aan uit bij met naar van voor tegen door om over onder tot sinds is zijn was \
     waren wordt worden werd werden heeft hebben had hij zij ze wij we je u zich haar hun niet geen ook nog al \
     meer dan als dat die dit deze er hier wat wie waar twee zegt jaar dag nieuwe",
    ),
    (
        "ru",
        "\
     и в во на не что с со к ко у о об от до по за из для при под над без через между после перед или но а же \
     ли бы как так это эта этот эти его ее их он она они мы вы я который которая которые которых был была было \
     были будет есть нет все всех еще уже только также более свой свои своих году года лет сообщил сообщила \
     заявил заявила сообщает время один два первый новый",
    ),
    (
        "uk",
        "\
     і й в у на не що з із зі до по за від для при під над без через між після перед або але а ж чи як так це \
     ця цей ці його її їх він вона вони ми ви який яка які був була було були буде є немає все всіх ще вже \
     тільки також свій року роки",
    ),
    (
        "pl",
        "\
     i w we na nie że z ze do po za od dla przy pod nad bez przez między przed lub ale a czy jak tak to ta ten \
     te jego jej ich on ona oni my wy który która które był była było były będzie jest są się o już tylko także \
     roku lat",
    ),
    (
        "sl",
        "\
     in v na ne da z s do po za od pri pod nad brez med pred ali pa a kot tako to ta te njegov njen jih on ona \
     oni ki je so bil bila bilo bili bo se že tudi le leta let",
    ),
    (
        "sv",
        "\
     och i på att en ett den det de som för med av till från om är var har hade inte han hon sig sin sitt sina \
     efter vid under över mot eller men så nu ska kan år två nya säger",
    ),
    (
        "ar",
        "\
     في من على إلى عن مع بعد قبل أن إن كان كانت هذا هذه التي الذي ما لا لم لن قد أو ثم بين خلال حول ضد عند منذ \
     حتى كما قال هو هي",
    ),
    (
        "zh",
        "\
     的 了 在 是 和 有 为 与 对 也 将 就 中 上 年 月 日 表示 报道 记者 今天 昨天 已经 以及 进行 自己 我们 他们 一个 可以 没有",
    ),
    (
        "ja",
        "\
     発表 今日 昨日 日本 記者 関係 述べ 明ら 発言 行わ 年 月 日",
    ),
    (
        "ko",
        "\
     했다 이다 있다 있는 한다 에서 으로 하는 대한 것으 라고 다고 밝혔 혔다 대해 위해 지난 오늘 올해 것이 이라 라며 면서",
    ),
];
